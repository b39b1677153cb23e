package dev.quern.tests;

import dev.quern.engine.Engine;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/** Our library in a jar whose entries' times say nothing, as in a reproducible build. */
final class NativeJar {
  private NativeJar() {}

  /** The name inside. */
  static String library() {
    return "dev/quern/" + Engine.info().platform() + "/libjniquern.so";
  }

  /** Where it is extracted to. */
  static Path extracted(Path cache) throws IOException {
    try (Stream<Path> all = Files.walk(cache)) {
      return all.filter(f -> f.endsWith("libjniquern.so")).findAny().orElseThrow();
    }
  }

  /** Has a JVM load our library from {@code native.jar} in that folder. */
  static ChildJvm use(ChildJvm child, Path folder) throws IOException {
    return use(child, folder, 0);
  }

  /** As of another build: with so many more bytes at the library's end, which nobody reads. */
  static ChildJvm use(ChildJvm child, Path folder, int more) throws IOException {
    Path jar = folder.resolve("native.jar");
    try (InputStream in = NativeJar.class.getClassLoader().getResourceAsStream(library());
        OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file)) {
      JarEntry entry = new JarEntry(library());
      entry.setTime(1_000_000_000_000L);
      out.putNextEntry(entry);
      in.transferTo(out);
      out.write(new byte[more]);
      out.closeEntry();
    }
    return child.without("libjniquern").classPath(jar);
  }
}
