/** Metrics of batching models, for Micrometer. */
module dev.quern.micrometer {
  requires transitive dev.quern.serve;
  requires transitive micrometer.core;
  requires static org.jspecify;

  exports dev.quern.micrometer;
}
