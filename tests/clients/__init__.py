"""Mail clients that nobody here wrote, against every recorded server and ten faults."""
