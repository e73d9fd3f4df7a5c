"""Names for runs that were given none: two words and a number."""
# ruff: noqa: SIM905  # two paragraphs of words read better than two hundred quoted ones

import secrets

_QUALITIES = (
    "amber bold brave bright brisk calm carved clear cosy crisp curious daring dawning deft distant eager early even "
    "fabled fair far fleet fond free fresh gentle glad golden grand green hardy hidden honest keen kind lively lone "
    "lucky mellow merry mighty mild misty mossy nimble noble northern open patient plucky proud quick quiet ready "
    "rested roaming rolling rosy rugged sage scenic serene sharp silver snowy spry starlit steady still stout sunny "
    "swift tidal trusty upland vivid wandering warm wayward wild windy winding wise woven young zesty"
).split()
_THINGS = (
    "acorn alder arch ash aspen badger bay beacon birch boulder bridge brook cairn canyon cedar cliff cloud coast "
    "comet cove crane creek crest curlew dale delta dune eagle elm ember falcon fell fern fjord ford forest fox glade "
    "glen grove harbor hare hawk hazel heath heron hill island juniper kestrel lagoon lake lantern larch lark ledge "
    "lichen maple marsh meadow mesa moor oak orchard otter owl path peak pebble pine plain pond prairie quartz rapid "
    "raven reed reef ridge river rowan rune sail shore spring spruce stone summit thicket tide trail vale voyage "
    "willow wren"
).split()


def choose() -> str:
    """A name such as ``quiet-heron-417``. Names may repeat."""
    return f"{secrets.choice(_QUALITIES)}-{secrets.choice(_THINGS)}-{secrets.randbelow(1000)}"
