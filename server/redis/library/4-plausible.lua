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

-- The pace up to which a device is believed that has shown that it can go `pace`.
local function limit_of(pace)
  return math.max(FAST, 1.5 * pace)
end

-- Whether the way from one fix to another is none too far, whatever speeds are told.
local function can_go(before, fix, pace)
  return metres(before, fix) <= NEAR or pace_between(before, fix) <= limit_of(pace)
end

-- Whether the speed that a fix tells agrees with the way to it. Within a second the way says little of the speed.
local function bears_out(before, fix)
  local told, way, seconds = fix.speed, metres(before, fix), math.abs(fix.t - before.t) / 1000
  local slack = 10 * math.max(1, seconds) + 0.3 * way + (seconds < 1 and told or 0)
  return math.abs(told * seconds - way) <= slack
end

-- Whether a device that was at `before` can be at `fix`. `pace`: m/s that it has shown it can go. Faster than that, the way and the speed that
-- it tells must agree; and a speed that it tells without having gone so far is none.
local function can_follow(before, fix, pace)
  if fix.speed and bears_out(before, fix) then return true end
  if fix.speed and fix.speed > limit_of(pace) then return false end
  return can_go(before, fix, pace)
end

-- Whether `fix` goes on from `doubt`, the fix that was doubtful, as that went on from `last`: then both are right. Of speeds that are told
-- again and again nothing is held against the positions: they may be km/h, or mean that none is known (102.3, 255). From a standstill
-- the second way takes up to three times the pace of the first.
local function confirms(doubt, last, fix, pace)
  if can_go(doubt, fix, pace) or can_follow(doubt, fix, pace) then return true end
  if not last then return false end
  local first, second = pace_between(last, doubt), pace_between(doubt, fix)
  return second >= first / 3 and second <= first * 3 and metres(last, fix) > metres(last, doubt)
end

-- The pace that a device has shown, once it went from one fix to another: what is long ago counts less and less.
local function pace_after(pace, from, to)
  local went = from and metres(from, to) > NEAR and pace_between(from, to) or 0
  pace = math.floor(math.max(went, 0.98 * pace))
  return pace > FAST / 1.5 and pace or 0
end

-- That pace, and at least the speed that the device told twice in a row, right or wrong: it would be doubted anew.
local function pace_told(pace, from, to)
  local told = math.floor(math.min(from and from.speed or 0, to.speed or 0))
  return told > FAST and math.max(pace, told) or pace
end
