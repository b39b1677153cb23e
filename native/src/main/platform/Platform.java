package ${platform.module};

import dev.quern.presets.PlatformLibrary;

/** Says that the native library of this platform is there. */
public final class Platform implements PlatformLibrary {}
