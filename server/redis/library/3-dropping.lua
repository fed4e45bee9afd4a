-- What may be dropped because a reader with a cursor has it elsewhere: the archive, of candles and fixes that the live
-- floor needs no more.

local MOST_UNREAD = 100 -- updates after the reader's cursor that are looked through; with more it comes again

-- Whether a reader that has all up to number `seq` of an open topic has every item older than `before`: nothing so old
-- came since. `dense`: the log has every number.
local function has_all(topic, epoch, seq, before, dense)
  if topic.renewed or epoch ~= topic.current or seq > topic.seq then return false end
  if seq == topic.seq then return true end
  local log = topic.keys[2]
  local first = call('XRANGE', log, '-', '+', 'COUNT', 1)[1]
  if not first then return not dense end
  if call('XLEN', log) >= MOST_UPDATES and number_of(match(first[1], '^%d+')) > seq + 1 then return false end
  local unread = call('XRANGE', log, format('%d', seq + 1), '+', 'COUNT', MOST_UNREAD)
  if #unread == MOST_UNREAD or (dense and #unread ~= topic.seq - seq) then return false end
  for _, entry in ipairs(unread) do
    for t in string.gmatch(entry[2][2], '"t":(%d+)') do
      if number_of(t) < before then return false end
    end
  end
  return true
end

-- The arguments of a call that drops: what is older than `before` goes, and the cursor up to which it was read.
local function dropping_of(args)
  return number(args[1], EARLIEST, LARGEST), args[2], number(args[3], 0, LARGEST)
end
