-- What became of all items that feeds sent to this server since it has the library: for the metrics of nodes.

local counted = { accepted = 0, repeats = 0, old = 0, refused = 0 }

-- Counts a call's items: all that were not taken and were no repeats are in `refused`, the old ones too.
local function count_items(accepted, repeats, old, refused)
  counted.accepted = counted.accepted + accepted
  counted.repeats = counted.repeats + repeats
  counted.old = counted.old + old
  counted.refused = counted.refused + refused - old
end

register('wf1_counts', READS, function()
  return { counted.accepted, counted.repeats, counted.old, counted.refused }
end)
