-- Values from outside: numbers, times, and the source's own numbers. Nothing is believed.

local EARLIEST = 946684800000 -- 2000-01-01
local AHEAD = 300000 -- a feed's clock may run five minutes ahead of Redis's
local LARGEST = 9007199254740991

-- Trades and quotes, or fixes, in one call. In the worst order, into a topic with all that is kept of one, so many hold
-- Redis for some 20 ms.
local MOST_ITEMS = 200
local MOST_DIGITS = 40 -- of a number as text

local function too_many(most, what)
  return redis.error_reply('WFARG at most ' .. most .. ' ' .. what .. ' a call: send the rest in another')
end

-- A number as JSON, by the fewest digits that give it back.
local function json(n)
  if n % 1 == 0 and n > -1e15 and n < 1e15 then return format('%d', n) end
  local text = format('%.15g', n)
  return number_of(text) == n and text or format('%.17g', n)
end

-- A plain decimal number between `low` and `high`, else nil: no hex, no blanks, no NaN or infinity, and none too small
-- to be told from 0.
local function number(text, low, high)
  if not text or #text > MOST_DIGITS or not find(text, '^%-?%d[%d.]*[eE]?[-+]?%d*$') then return nil end
  local n = number_of(text)
  if not n or n < low or n > high then return nil end
  if n == 0 and find(text, '^%-?[0.]*[1-9]') then return nil end
  return n
end

-- A whole number, and its text as JSON. (`text + 0` takes half as long as `number_of`.)
local function whole(text, low, high)
  if text and #text <= MOST_DIGITS and find(text, '^[1-9]%d*$') then
    local n = text + 0
    if n < low or n > high then return nil end
    return n, text
  end
  local n = number(text, low, high)
  if n and n == floor(n) then return n, format('%d', n) end
end

local MOST = 1e15 -- of prices and sizes

-- The last time that was good as it came: much happens in the same millisecond.
local time_text, time_number = nil, 0

local function time(text, now)
  if text == time_text and time_number <= now + AHEAD then return time_number, text end
  local t, own = whole(text, EARLIEST, now + AHEAD)
  if t and own == text then time_text, time_number = text, t end
  return t, own
end

-- Numbers that were checked, by texts that are JSON as they came. Prices and sizes come again and again.
local MOST_TEXTS = 20000
local numbers, text_count = {}, 0

-- A number as `number` takes it, and its text as JSON.
local function decimal(text, low, high)
  local n = numbers[text]
  if n then
    if n < low or n > high then return nil end
    return n, text
  end
  n = number(text, low, high)
  if not n then return nil end
  local own = json(n)
  if own ~= text then return n, own end
  if text_count >= MOST_TEXTS then numbers, text_count = {}, 0 end
  numbers[text], text_count = n, text_count + 1
  return n, text
end

-- The same for numbers that hardly come twice: one that looks as it should goes on as it came.
local function degrees(text, low, high)
  if #text <= 20 and find(text, '^%-?[1-9]%d*%.%d*[1-9]$') then
    local n = text + 0
    if n < low or n > high then return nil end
    return n, text
  end
  local n = number(text, low, high)
  return n, n and json(n)
end

local function decode(text)
  return text and text ~= '' and cjson.decode(text) or nil
end

-- An answer: a head of values, and what was refused. `unpack` could not take thousands.
local function answer(head, refused)
  if not refused then return head end
  for _, text in ipairs(refused) do head[#head + 1] = text end
  return head
end

local NAME_BYTES = 100 -- of what people call a symbol or a device

-- The first bytes of a text, at most `last`, and no character cut in two.
local function short(name, last)
  if #name <= last then return name end
  while last > 0 and find(sub(name, last + 1, last + 1), '[\128-\191]') do last = last - 1 end
  return sub(name, 1, last)
end

local DESCRIPTION_BYTES = 1000

-- Whether a text may be a description: an object as JSON. What stands in it, whoever reads it checks.
local function is_description(text)
  if #text > DESCRIPTION_BYTES or not find(text, '^{.*}$') or not is_text(text) then return false end
  local ok, value = pcall(cjson.decode, text)
  return ok and type(value) == 'table'
end

-- Time decides what is newer, then the source's number, whatever order things arrive in.
local function newer(t, n, than_t, than_n)
  return t > than_t or (t == than_t and n > than_n)
end
