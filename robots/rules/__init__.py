"""What may be stored of robots and people: pure functions that tidy a value, or raise ValidationError and say why."""
