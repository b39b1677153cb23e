package dev.quern.tests;

import dev.quern.engine.Engine;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/** Our library in a jar whose entries' times say nothing, as in a reproducible build. */
final class NativeJar {
  private NativeJar() {}

  /** The name inside. */
  static String library() {
    return "dev/quern/" + Engine.info().platform() + "/libjniquern.so";
  }

  /** Has a JVM load our library from {@code native.jar} in that folder. */
  static ChildJvm use(ChildJvm child, Path folder) throws IOException {
    Path jar = folder.resolve("native.jar");
    try (InputStream in = NativeJar.class.getClassLoader().getResourceAsStream(library());
        OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file)) {
      JarEntry entry = new JarEntry(library());
      entry.setTime(1_000_000_000_000L);
      out.putNextEntry(entry);
      in.transferTo(out);
      out.closeEntry();
    }
    return child.without("libjniquern").classPath(jar);
  }
}
