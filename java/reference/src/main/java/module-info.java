/**
 * Reference implementations of all operators in plain Java and double precision; the tests compare
 * the native code with them.
 */
module dev.quern.reference {
  requires transitive dev.quern;
  requires static org.jspecify;

  exports dev.quern.reference;
  exports dev.quern.reference.augment;
  exports dev.quern.reference.layer;
  exports dev.quern.reference.layer.activation;
  exports dev.quern.reference.layer.math;
  exports dev.quern.reference.layer.shape;
  exports dev.quern.reference.loss;
  exports dev.quern.reference.metric;
  exports dev.quern.reference.network;
  exports dev.quern.reference.optim;
}
