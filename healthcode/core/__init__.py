"""The ground: everything the floors above stand on. It knows no health word."""
