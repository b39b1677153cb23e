package dev.quern.fuzz.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Every public constructor and method of the packages that the project's modules export, read from
 * the class path, so that new API is attacked without anybody thinking of it.
 */
final class PublicApi {
  /** Modules whose exports are left out, and why. */
  static final Map<String, String> OTHER_MODULES =
      Map.of("dev.quern.bindings", "raw addresses: the native attack calls these functions");

  /** Methods that are left out, and why. */
  static final Map<String, String> LEFT_OUT =
      Map.ofEntries(
          Map.entry(
              "dev.quern.serve.ModelServer$Builder.build",
              "listens: the module's own tests abuse it over HTTP"),
          Map.entry(
              "dev.quern.serve.ModelServer$Builder.address",
              "addresses of odd names ask a network"),
          Map.entry(
              "dev.quern.io.dataset.Downloader.<init>",
              "starts a client's thread, and its methods are left out"),
          Map.entry("dev.quern.io.dataset.Downloader.fetch", "asks a network"),
          Map.entry("dev.quern.io.dataset.Downloader.fetchFolder", "asks a network"),
          Map.entry(
              "dev.quern.io.dataset.Datasets.load",
              "asks a network if told to, and looks outside the folder"),
          Map.entry("dev.quern.io.pretrained.PretrainedCache.fetch", "asks a network"),
          Map.entry("dev.quern.io.pretrained.PretrainedCache.standard", "looks outside the folder"),
          Map.entry(
              "dev.quern.train.TrainingListener.console", "prints among the attack's own lines"),
          Map.entry("dev.quern.train.TrainingListener.log", "prints among the attack's own lines"),
          Map.entry("dev.quern.engine.Engine.setThreads", "outlives its case: sessions call it"));

  private static final List<Class<?>> CLASSES = scan();
  private static final List<Executable> EXECUTABLES = executables(CLASSES);

  private PublicApi() {}

  static List<Class<?>> classes() {
    return CLASSES;
  }

  static List<Executable> executables() {
    return EXECUTABLES;
  }

  static boolean has(Class<?> c) {
    return c.getName().startsWith("dev.quern.") && CLASSES.contains(c);
  }

  private static List<Class<?>> scan() {
    List<Class<?>> all = new ArrayList<>();
    try {
      for (URL url :
          Collections.list(PublicApi.class.getClassLoader().getResources("module-info.class"))) {
        try (InputStream in = url.openStream()) {
          ModuleDescriptor module = ModuleDescriptor.read(in);
          if (module.name().startsWith("dev.quern") && !OTHER_MODULES.containsKey(module.name())) {
            addExports(url, module, all);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    all.sort(Comparator.comparing(Class::getName)); // a seed means the same on each machine
    return List.copyOf(all);
  }

  /**
   * @param url of the module's description, in a folder or in a jar
   */
  private static void addExports(URL url, ModuleDescriptor module, List<Class<?>> to)
      throws IOException {
    URI uri;
    try {
      uri = url.toURI();
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
    if (uri.getScheme().equals("file")) {
      addExports(Path.of(uri).getParent(), module, to);
    } else {
      try (FileSystem jar = FileSystems.newFileSystem(uri, Map.of())) {
        addExports(jar.getPath("/"), module, to);
      }
    }
  }

  private static void addExports(Path root, ModuleDescriptor module, List<Class<?>> to)
      throws IOException {
    for (ModuleDescriptor.Exports exported : module.exports()) {
      if (exported.isQualified()) {
        continue; // for a module of ours alone
      }
      Path folder = root.resolve(exported.source().replace('.', '/'));
      try (Stream<Path> files = Files.list(folder)) {
        files
            .map(f -> f.getFileName().toString())
            .filter(f -> f.endsWith(".class") && !f.equals("package-info.class"))
            .map(f -> load(exported.source() + "." + f.substring(0, f.length() - 6)))
            .filter(PublicApi::isPublic)
            .forEach(to::add);
      }
    }
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name, false, PublicApi.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean isPublic(Class<?> c) {
    return Modifier.isPublic(c.getModifiers())
        && (c.getEnclosingClass() == null || isPublic(c.getEnclosingClass()));
  }

  private static List<Executable> executables(List<Class<?>> classes) {
    List<Executable> all = new ArrayList<>();
    for (Class<?> c : classes) {
      if (!Modifier.isAbstract(c.getModifiers())) {
        Stream.of(c.getConstructors()).filter(e -> isIn(c.getName() + ".<init>")).forEach(all::add);
      }
      for (Method m : c.getMethods()) {
        if (isAttacked(c, m)) {
          m.setAccessible(true); // some are inherited from a class that is not public
          all.add(m);
        }
      }
    }
    all.sort(Comparator.comparing(Executable::toGenericString));
    return List.copyOf(all);
  }

  /** Those of Object are called on each value anyway, those of other supertypes are the JDK's. */
  private static boolean isAttacked(Class<?> c, Method m) {
    Class<?> declaring = m.getDeclaringClass();
    boolean elsewhere = declaring != c && isPublic(declaring); // where it is declared
    boolean ofEnum = c.isEnum() && m.getName().equals("valueOf"); // the JDK's rules
    return declaring.getName().startsWith("dev.quern.")
        && !elsewhere
        && !ofEnum
        && !m.isBridge()
        && isIn(declaring.getName() + "." + m.getName());
  }

  private static boolean isIn(String name) {
    return !LEFT_OUT.containsKey(name);
  }
}
