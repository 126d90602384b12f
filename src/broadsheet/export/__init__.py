"""RenderedEdition to a Bundle: one small module per platform behind one contract."""
