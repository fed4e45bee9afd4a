/** What is measured besides the position: the numbers that fixes carry in `readings`, by these names. */
export type Reading = { title: string; unit: string; digits: number }

/** Readings that are known. Others are shown by their name, and without a unit unless the device's attribute `unit_<name>` says one. */
export const READINGS: Readonly<Record<string, Reading>> = {
  accuracy: { title: 'Accuracy', unit: 'm', digits: 0 },
  altitude: { title: 'Altitude', unit: 'm', digits: 0 },
  temperature: { title: 'Temperature', unit: '°C', digits: 1 },
  humidity: { title: 'Humidity', unit: '%', digits: 0 },
  fuel: { title: 'Fuel', unit: '%', digits: 0 },
  odometer: { title: 'Odometer', unit: 'm', digits: 0 },
  voltage: { title: 'Voltage', unit: 'V', digits: 1 },
  door: { title: 'Door open', unit: '', digits: 0 },
  ignition: { title: 'Ignition', unit: '', digits: 0 },
  charging: { title: 'Charging', unit: '', digits: 0 },
  satellites: { title: 'Satellites', unit: '', digits: 0 },
  hdop: { title: 'HDOP', unit: '', digits: 1 },
}

/** How a reading is named, and how many a fix may have. */
export const READING_NAME = /^[a-z][a-z0-9_]{0,23}$/
export const MOST_READINGS = 16
