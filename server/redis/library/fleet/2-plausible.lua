-- Whether a device can have gone from one fix to another. One that cannot is doubtful: it is kept and shown, and moves
-- nothing by itself.

local EARTH = 6371000 -- metres
local NEAR = 100 -- metres that a receiver may err by
local FAST = 40 -- m/s: a device that goes faster has to show that it can
local RADIAN = 0.017453292519943295 -- of a degree

-- Metres between two fixes, on a plane: exact enough for what is near, and far is far. And the seconds between them.
local function way_between(a, b)
  local across = (b.lon - a.lon + 540) % 360 - 180
  local x = across * RADIAN * cos((a.lat + b.lat) / 2 * RADIAN)
  local y = (b.lat - a.lat) * RADIAN
  return EARTH * sqrt(x * x + y * y), abs(b.t - a.t) / 1000
end

-- Metres a second on a way; less than a second counts as one.
local function pace_on(way, seconds)
  return seconds > 1 and way / seconds or way
end

-- The pace up to which a device is believed that has shown that it can go `pace`.
local function limit_of(pace)
  return max(FAST, 1.5 * pace)
end

-- Whether a way is none too far, whatever speeds are told.
local function can_go(way, seconds, pace)
  return way <= NEAR or pace_on(way, seconds) <= limit_of(pace)
end

-- Whether the speed that a fix tells agrees with the way to it. Within a second the way says little of the speed.
local function bears_out(told, way, seconds)
  local slack = 10 * max(1, seconds) + 0.3 * way + (seconds < 1 and told or 0)
  return abs(told * seconds - way) <= slack
end

-- Whether a device can have gone this way to `fix`. `pace`: m/s that it has shown it can go. Faster than that, the way
-- and the speed that it tells must agree; and a speed that it tells without having gone so far is none.
local function can_follow(way, seconds, fix, pace)
  local speed = fix.speed
  if not speed then return can_go(way, seconds, pace) end
  -- What most devices do: a short way at a speed that any may tell.
  if way <= NEAR and speed <= FAST then return true end
  return bears_out(speed, way, seconds) or (speed <= limit_of(pace) and can_go(way, seconds, pace))
end

-- Whether `fix` goes on from `doubt`, the fix that was doubtful, as that went on from `last`: then both are right. Of
-- speeds that are told again and again nothing is held against the positions: they may be km/h, or mean that none is
-- known (102.3, 255). From a standstill the second way takes up to three times the pace of the first.
local function confirms(doubt, last, fix, pace)
  local way, seconds = way_between(doubt, fix)
  if can_go(way, seconds, pace) or can_follow(way, seconds, fix, pace) then return true end
  if not last then return false end
  local first_way, first_seconds = way_between(last, doubt)
  local first, second = pace_on(first_way, first_seconds), pace_on(way, seconds)
  return second >= first / 3 and second <= first * 3 and way_between(last, fix) > first_way
end

-- The pace that a device has shown, once it went a way: what is long ago counts less and less.
local function pace_after(pace, way, seconds)
  if pace == 0 and way <= NEAR then return 0 end
  local went = way > NEAR and pace_on(way, seconds) or 0
  pace = floor(max(went, 0.98 * pace))
  return pace > FAST / 1.5 and pace or 0
end

-- That pace, and at least the speed that the device told twice in a row, right or wrong: it would be doubted anew.
local function pace_told(pace, from, to)
  local told = to.speed or 0
  if told <= FAST then return pace end
  told = floor(min(from and from.speed or 0, told))
  return told > FAST and max(pace, told) or pace
end
