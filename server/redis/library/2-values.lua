-- Values from outside: numbers, times, and the source's own numbers. Nothing is believed.

local EARLIEST = 946684800000 -- 2000-01-01
local AHEAD = 300000 -- a feed's clock may run five minutes ahead of Redis's
local LARGEST = 9007199254740991

-- A plain decimal number between `low` and `high`, else nil: no hex, no blanks, no NaN or infinity.
local function number(text, low, high)
  if not text or not string.find(text, '^%-?%d[%d.]*[eE]?[-+]?%d*$') then return nil end
  local n = tonumber(text)
  if not n or n < low or n > high then return nil end
  return n
end

local function whole(text, low, high)
  local n = number(text, low, high)
  return n and n == math.floor(n) and n or nil
end

local function positive(text)
  local n = number(text, 0, 1e15)
  return n and n > 0 and n or nil
end

local function time(text, now)
  return whole(text, EARLIEST, now + AHEAD)
end

-- A number as JSON, by the fewest digits that give it back.
local function json(n)
  if n == math.floor(n) and n > -1e15 and n < 1e15 then return string.format('%d', n) end
  local text = string.format('%.15g', n)
  return tonumber(text) == n and text or string.format('%.17g', n)
end

local function decode(text)
  return text and text ~= '' and cjson.decode(text) or nil
end

-- An answer: a head of values, and what was refused. `unpack` could not take thousands.
local function answer(head, refused)
  for _, text in ipairs(refused) do head[#head + 1] = text end
  return head
end

-- The first bytes of a name, at most 100, and no character cut in two.
local function short(name)
  local last = 100
  if #name <= last then return name end
  while last > 0 and string.find(string.sub(name, last + 1, last + 1), '[\128-\191]') do last = last - 1 end
  return string.sub(name, 1, last)
end

-- Time decides what is newer, then the source's number, whatever order things arrive in.
local function newer(t, n, than_t, than_n)
  return t > than_t or (t == than_t and n > than_n)
end

-- Which source numbers were seen: all up to `top`, but those in `holes` (pairs low, high; oldest first). A source that
-- numbers without gaps never has holes. Only the newest holes are kept; what lies below them counts as seen.
local MOST_HOLES = 16

local function seen_of(top, text)
  local seen = { top = tonumber(top) or 0, holes = {} }
  for low, high in string.gmatch(text or '', '(%d+)-(%d+)') do
    seen.holes[#seen.holes + 1] = { tonumber(low), tonumber(high) }
  end
  return seen
end

-- Notes number n; false where it was seen before.
local function note(seen, n)
  local holes = seen.holes
  if n > seen.top then
    if n > seen.top + 1 then
      holes[#holes + 1] = { seen.top + 1, n - 1 }
      if #holes > MOST_HOLES then table.remove(holes, 1) end
    end
    seen.top = n
    return true
  end
  for i = #holes, 1, -1 do
    local low, high = holes[i][1], holes[i][2]
    if n >= low and n <= high then
      table.remove(holes, i)
      if n < high then table.insert(holes, i, { n + 1, high }) end
      if n > low then table.insert(holes, i, { low, n - 1 }) end
      if #holes > MOST_HOLES then table.remove(holes, 1) end
      return true
    end
  end
  return false
end

local function holes_text(seen)
  local parts = {}
  for i, hole in ipairs(seen.holes) do parts[i] = string.format('%d-%d', hole[1], hole[2]) end
  return table.concat(parts, ',')
end
