"""What bench/delivery.py measures, part by part."""
