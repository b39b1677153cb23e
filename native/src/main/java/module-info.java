/** JavaCPP's view of {@code quern.h}; use the facade in {@code dev.quern} instead. */
module dev.quern.bindings {
  requires transitive org.bytedeco.javacpp;

  exports dev.quern.bindings;
  exports dev.quern.presets;

  uses dev.quern.presets.PlatformLibrary;
}
