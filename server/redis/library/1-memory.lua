-- What this process remembers of the topics that were written last, so that a call need not check their keys and decode
-- their state anew. Of each it holds only as long as Redis has the epoch and the number with which the last call left
-- it here: whatever changes a topic's state numbers it. Redis has all of it; what is forgotten here is read again.

local MOST_REMEMBERED = 8192 -- topics written last, and up to as many that were so before: some 4 KB each

local recent, before, remembered = {}, {}, 0

local function recall(key)
  return recent[key] or before[key]
end

local function remember(topic)
  if recent[topic.key] then return end
  if remembered == MOST_REMEMBERED then recent, before, remembered = {}, recent, 0 end
  recent[topic.key], remembered = topic, remembered + 1
end
