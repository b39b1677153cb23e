/** The native library for one platform; the name is filled in by the build. */
module ${platform.module} {
  requires dev.quern.bindings;
}
