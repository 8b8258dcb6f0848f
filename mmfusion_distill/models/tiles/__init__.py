"""Large images in tiles: blended ones for any network, exact ones where the network says how far it sees."""
