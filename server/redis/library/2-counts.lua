-- What became of all items that feeds sent to this server since it has the library: for the metrics of nodes.

local all_accepted, all_repeats, all_old, all_refused = 0, 0, 0, 0

-- Counts a call's items: all that were not taken and were no repeats are in `refused`, the old ones too; nil for none.
local function count_items(accepted, repeats, old, refused)
  all_accepted, all_repeats = all_accepted + accepted, all_repeats + repeats
  if refused then all_old, all_refused = all_old + old, all_refused + #refused - old end
end

register('wf1_counts', READS, function()
  return { all_accepted, all_repeats, all_old, all_refused }
end)
