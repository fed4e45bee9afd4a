/** What `--help` prints. */
export const HELP = `The archive: history in SQL, beside Redis.

  npm run archive -- import FILE...           recordings, and tables of candles or trades, into the archive
  npm run archive -- export WHAT NAME         candles SYMBOL, trades SYMBOL or track DEVICE, out of it
  npm run archive -- verify                   compares it with what Redis still holds
  npm run archive -- move FROM TO             all of one archive into another: sqlite:PATH or postgres://...
  npm run archive -- size                     rows and bytes

Import
  --symbol NAME      the symbol, if the file names none (the file's name)
  --device ID        the device, if the file names none (the file's name); all tracks of a GPX file become its own
  --trades           keep the trades too, besides the candles of their minutes
  --format NAME      the format of a recording, if how it begins does not tell (docs/replay.md)
  --zone ZONE        the zone of times that name none: America/New_York, UTC, +01:00
  --date YYYY-MM-DD  the day on which an NMEA log without dates begins

Export
  --from TIME        from then on: 2026-11-30, 2026-11-30T08:15:00Z, or Unix time
  --to TIME          before then
  --interval NAME    of candles: 1m, 5m, 15m, 1h, 4h, 1d (1m)
  --format NAME      csv or parquet; of a track gpx and geojson, too (csv)
  -o FILE            into a file instead of standard output

Run it with the settings of your nodes: ARCHIVE_URL (beside "npm start": DATA_DIR), ARCHIVE_PASSWORD_FILE, and REDIS_URL
for verify. docs/archive.md tells more.`
