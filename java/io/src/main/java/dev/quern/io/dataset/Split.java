package dev.quern.io.dataset;

/** The two splits of a published data set: training and test. */
public enum Split {
  TRAIN,
  TEST
}
