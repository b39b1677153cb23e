package dev.quern.io.dataset;

/** The two parts of a published data set. */
public enum Split {
  TRAIN,
  TEST
}
