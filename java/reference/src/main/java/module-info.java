/** The yardstick for native code: every operator again in plain Java and double precision. */
module dev.quern.reference {
  requires transitive dev.quern;
  requires static org.jspecify;

  exports dev.quern.reference;
}
