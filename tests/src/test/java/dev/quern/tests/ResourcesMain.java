package dev.quern.tests;

import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Prints the resources that are looked up and found while a network trains. */
public final class ResourcesMain {
  private ResourcesMain() {}

  private static final class Tracing extends URLClassLoader {
    private final Set<String> found = new TreeSet<>();

    Tracing(URL[] urls) {
      super(urls, ClassLoader.getPlatformClassLoader());
    }

    @Override
    public URL findResource(String name) {
      URL url = super.findResource(name);
      if (url != null) {
        found.add(name);
      }
      return url;
    }

    @Override
    public Enumeration<URL> findResources(String name) throws IOException {
      Enumeration<URL> urls = super.findResources(name);
      if (urls.hasMoreElements()) {
        found.add(name);
      }
      return urls;
    }
  }

  public static void main(String[] args) throws Exception {
    List<URL> urls = new ArrayList<>();
    for (String element : System.getProperty("java.class.path").split(File.pathSeparator)) {
      urls.add(Path.of(element).toUri().toURL());
    }
    try (Tracing loader = new Tracing(urls.toArray(URL[]::new))) {
      Class.forName(LoadMain.class.getName(), true, loader).getMethod("train").invoke(null);
      loader.found.forEach(System.out::println);
    }
  }
}
