package dev.quern.cli.process;

import dev.quern.io.file.Version;
import picocli.CommandLine.IVersionProvider;

/** Provides the output of {@code quern --version}. */
public final class VersionProvider implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {"quern " + Version.TEXT};
  }
}
