-- What is kept of people, all in the slot of `a:access`: hashes of rows by their ids. A row is JSON that a node made,
-- and that begins with when it ends. What happened to it since lies beside it: `<id>:used`, `<id>:opened`,
-- `<id>:revoked`. A hash counts its rows (`made`), and those of each maker (`by:<handle>`).

local PARTS = 8 -- keys of `a:access`, its own included
local LOG, REVOKED, PEOPLE, INVITATIONS, SHARES, RECORD, ARRIVALS = 2, 3, 4, 5, 6, 7, 8

local LONGEST = 400 * 86400000 -- what lets somebody in ends before that, in milliseconds
local ROW_BYTES = 10000
local TEXT_BYTES = 500
local SELDOM = 60000 -- what takes time, or room, is done once in so many milliseconds at the most

local function access_of(keys)
  return topic_of('a', keys, PARTS, PARTS)
end

local function now_ms()
  local now = call('TIME')
  return now[1] * 1000 + floor(now[2] / 1000)
end

-- Whether a text may stand between the quotation marks of JSON as it is.
local function is_plain(text, most)
  return text and text ~= '' and #text <= most and not find(text, '[%c"\\]') and is_text(text)
end

-- Whether a text is an id as nodes make them: no name of another field looks like it.
local function is_id(text)
  return text and #text <= 64 and find(text, '^[%w_-]+$')
end

local function is_row(text)
  return text and #text <= ROW_BYTES and find(text, '^{".*}$') and is_text(text)
end

-- When something ends: a time that is not over, and not too far away.
local function end_of(text, now)
  return whole(text, now, now + LONGEST)
end

local function ends_at(row)
  return number_of(match(row or '', '^{"until":(%d+),'))
end

local function bad_values(what)
  return redis.error_reply('WFARG ' .. what)
end

local swept = {} -- when the rows of a key were last looked through

-- Takes out the rows that ended an hour ago (whoever makes short ones again and again could fill the record with them
-- otherwise), and counts the others anew, by whom they were made.
local function sweep_rows(key, now)
  local flat, gone, counts = call('HGETALL', key), {}, { made = 0 }
  for i = 1, #flat, 2 do
    local id, ends = flat[i], ends_at(flat[i + 1])
    if match(id, '^by:') then
      counts[id] = counts[id] or 0
    elseif ends and ends + HOUR < now then
      gone[#gone + 1], gone[#gone + 2] = id, id .. ':used'
      gone[#gone + 1], gone[#gone + 2] = id .. ':opened', id .. ':revoked'
    elseif ends then
      local by = 'by:' .. (match(flat[i + 1], '"by":"([^"]*)"') or '')
      counts.made, counts[by] = counts.made + 1, (counts[by] or 0) + 1
    end
  end
  call_with('HDEL', key, gone)
  local fields = {}
  for name, count in pairs(counts) do
    if count == 0 and name ~= 'made' then call('HDEL', key, name)
    else fields[#fields + 1], fields[#fields + 2] = name, format('%d', count) end
  end
  call_with('HSET', key, fields)
end

-- How many rows there are, and how many of one maker, those that have ended among them.
local function rows_made(key, by)
  local counts = call('HMGET', key, 'made', 'by:' .. by)
  return number_of(counts[1]) or 0, number_of(counts[2]) or 0
end

-- Adds a row where there is room for it. What has ended makes room, which is looked for once a minute at the most: it
-- takes time, and whoever is refused may ask again and again.
local function add_row(key, id, by, row, now, most, most_of_one)
  local made, own = rows_made(key, by)
  if made >= most or own >= most_of_one then
    if now - (swept[key] or 0) < SELDOM then return false end
    swept[key] = now
    sweep_rows(key, now)
    made, own = rows_made(key, by)
    if made >= most or own >= most_of_one then return false end
  end
  call('HSET', key, id, row, 'made', format('%d', made + 1), 'by:' .. by, format('%d', own + 1))
  return true
end
