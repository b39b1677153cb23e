package dev.quern.io;

/** The two parts of a published data set. */
public enum Split {
  TRAIN,
  TEST
}
