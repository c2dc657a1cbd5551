"""When a broadcast fires: rules, calendars and the reason for each date. Pure: no database, no settings, no clock."""
