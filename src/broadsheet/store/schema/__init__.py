"""The database's shape, as numbered steps, one list a noun. A step that was released is never changed: add another.

A step is a function that takes a sqlite-utils Database and changes the shape; its name says what it does.
"""

from broadsheet.store.schema import (
    audience,
    deliveries,
    editions,
    labels,
    liftings,
    paces,
    pulls,
    pushes,
    refusals,
    runs,
    seeds,
    stories,
)

STEPS = (
    *stories.STEPS,
    *editions.STEPS,
    *audience.STEPS,
    *deliveries.STEPS,
    *runs.STEPS,
    *pushes.STEPS,
    *labels.STEPS,
    *paces.STEPS,
    *refusals.STEPS,
    *pulls.STEPS,
    *seeds.STEPS,
    *liftings.STEPS,
)
