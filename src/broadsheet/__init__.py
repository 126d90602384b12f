"""Broadsheet builds a newsroom's daily digest and gets it to readers.

The flow, one verb a room::

    Source --gather--> Story --edit--> Edition --render--> RenderedEdition --+--check----> Finding
                                                                             +--export---> Bundle
                            Subscriber --audience--> Recipient --------------+--deliver--> Message -> Delivery
"""

__version__ = "0.1.0"
