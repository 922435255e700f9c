package dejavm.host;

/** How guest time relates to the wall. */
public enum Pace {
  /** Guest time never runs ahead of the wall. */
  REAL,
  /** As fast as it goes; but with live input, idling takes its time. */
  MAX
}
