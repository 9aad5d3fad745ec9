"""From events to outcomes, verdict and reports; pure, without any cluster."""
