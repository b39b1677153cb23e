package dev.quern.presets;

/**
 * What the module of each platform provides, so that the module system takes it in where ours is
 * required: who looks for a service gets the modules of all its providers. It has no methods; the
 * native library is a file in that module.
 */
public interface PlatformLibrary {}
