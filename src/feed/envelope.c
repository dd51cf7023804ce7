/* envelope - the contract's own shape: facts about the request around the bodies of the API. */
#include "feed/reading.h"

static const rt__field envelope_rows[] = {
#define CONTRACT_ROW(code, name, kinds) {name, code, kinds},
    RT__CONTRACT_SLOT_MAP(CONTRACT_ROW)
#undef CONTRACT_ROW
};
const rt__rows rt__envelope_rows = {envelope_rows, RT__ARRAY_LEN(envelope_rows)};

rt__cause rt__read_envelope(rt__reading *rd, const rt__jnode *root)
{
  const rt__jnode *slots[RT__S_COUNT];
  const rt__how how = {.clock = RT__CLOCK_CONTRACT, .root = root};
  rt__gather(rd, RT__T_ENVELOPE, root, "line", slots, RT__S_COUNT);
  return rt__read_slots(rd, slots, &how);
}
