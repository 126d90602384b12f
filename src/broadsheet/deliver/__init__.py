"""RenderedEdition and Recipient to Message to Delivery: message, transports, retry policy, the run."""
