"""RenderedEdition and Recipient to Message to Delivery: composition, transports, the policy for answers, the run."""
