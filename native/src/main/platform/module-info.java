/** The native library for one platform; the names are filled in by the build. */
module ${platform.module} {
  requires dev.quern.bindings;
  requires ${openblas.module};

  provides dev.quern.presets.PlatformLibrary with
      ${platform.module}.Platform;
}
