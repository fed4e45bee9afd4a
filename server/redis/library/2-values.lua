-- Values from outside: numbers, times, and the source's own numbers. Nothing is believed.

local EARLIEST = 946684800000 -- 2000-01-01
local AHEAD = 300000 -- a feed's clock may run five minutes ahead of Redis's
local LARGEST = 9007199254740991

-- A plain decimal number between `low` and `high`, else nil: no hex, no blanks, no NaN or infinity, and none too small to be told from 0.
local function number(text, low, high)
  if not text or not string.find(text, '^%-?%d[%d.]*[eE]?[-+]?%d*$') then return nil end
  local n = tonumber(text)
  if not n or n < low or n > high then return nil end
  if n == 0 and string.find(text, '^%-?[0.]*[1-9]') then return nil end
  return n
end

local function whole(text, low, high)
  local n = number(text, low, high)
  return n and n == math.floor(n) and n or nil
end

local MOST = 1e15 -- of prices and sizes

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

-- The sum of two decimal numbers as people reckon it: ten times 0.1 is 1 (wire/candles.ts `addDecimals`).
local function add_decimals(a, b)
  local sum = a + b
  return sum == math.floor(sum) and sum or tonumber(string.format('%.15g', sum))
end

-- The first bytes of a text, at most `last`, and no character cut in two.
local function short(name, last)
  if #name <= last then return name end
  while last > 0 and string.find(string.sub(name, last + 1, last + 1), '[\128-\191]') do last = last - 1 end
  return string.sub(name, 1, last)
end

-- Time decides what is newer, then the source's number, whatever order things arrive in.
local function newer(t, n, than_t, than_n)
  return t > than_t or (t == than_t and n > than_n)
end
