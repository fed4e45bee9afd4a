-- Whether a device can have gone from one fix to another. One that cannot is doubtful: it is kept and shown, and moves nothing by itself.

local EARTH = 6371000 -- metres
local NEAR = 100 -- metres that a receiver may err by
local FAST = 40 -- m/s: a device that goes faster has to show that it can
local RADIAN = 0.017453292519943295 -- of a degree

-- Metres between two fixes, on a plane: exact enough for what is near, and far is far.
local function metres(a, b)
  local across = (b.lon - a.lon + 540) % 360 - 180
  local x = across * RADIAN * math.cos((a.lat + b.lat) / 2 * RADIAN)
  local y = (b.lat - a.lat) * RADIAN
  return EARTH * math.sqrt(x * x + y * y)
end

-- Metres a second from one fix to another; less than a second counts as one.
local function pace_between(a, b)
  return metres(a, b) / math.max(1, math.abs(b.t - a.t) / 1000)
end

-- Whether a device that was at `before` can be at `fix`. `pace`: m/s that it has shown it can go. Faster than that, the way and the speed that
-- it tells must agree; and a speed that it tells without having gone so far is none.
local function can_follow(before, fix, pace)
  local limit = math.max(FAST, 1.5 * pace)
  local told, went = fix.speed, pace_between(before, fix)
  if told and math.abs(told - went) <= 10 + 0.3 * went then return true end
  if told and told > limit then return false end
  return metres(before, fix) <= NEAR or went <= limit
end

-- Whether `fix` goes on from `doubt`, the fix that was doubtful, as that went on from `last`: then both are right.
local function confirms(doubt, last, fix, pace)
  if can_follow(doubt, fix, pace) then return true end
  if not last then return false end
  local first, second = pace_between(last, doubt), pace_between(doubt, fix)
  return second > first / 2 and second < first * 2 and metres(last, fix) > metres(last, doubt)
end

-- The pace that a device has shown, once it went from one fix to another: what is long ago counts less and less.
local function pace_after(pace, from, to)
  local went = from and metres(from, to) > NEAR and pace_between(from, to) or 0
  pace = math.floor(math.max(went, 0.98 * pace))
  return pace > FAST / 1.5 and pace or 0
end
