"""RenderedEdition to Findings, pure."""
