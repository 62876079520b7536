"""A class on a hub: its configuration, started and lived in, its image and its values for Kubernetes."""
