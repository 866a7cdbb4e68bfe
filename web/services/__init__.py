"""What API and pages do alike, one noun a file: over the request's session and the ports. The caller commits."""
