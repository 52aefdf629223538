"""Post-quantum, end-to-end encrypted file transfer: the application that is watched."""
