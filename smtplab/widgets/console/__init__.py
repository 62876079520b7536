"""The console: type a command, see the reply taken apart and explained."""
