"""What the installation tells of itself: to load balancers, to Prometheus, and in words to its administrators."""
