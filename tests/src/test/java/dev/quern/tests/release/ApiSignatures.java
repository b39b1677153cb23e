package dev.quern.tests.release;

import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.Type;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The public signatures of a module, one a line, each with its type in front, sorted. */
final class ApiSignatures {
  private final Set<String> lines = new TreeSet<>();

  private ApiSignatures() {}

  /** Of the module that a class belongs to: a jar's or a folder's. */
  static List<String> of(Class<?> member) throws IOException, URISyntaxException {
    Path home = Path.of(member.getProtectionDomain().getCodeSource().getLocation().toURI());
    ModuleReference module = ModuleFinder.of(home).findAll().iterator().next();
    List<String> names;
    try (ModuleReader reader = module.open();
        Stream<String> all = reader.list()) {
      names = all.filter(n -> n.endsWith(".class") && n.contains("/")).toList();
    }
    ApiSignatures signatures = new ApiSignatures();
    for (ModuleDescriptor.Exports e : module.descriptor().exports()) {
      if (!e.isQualified()) {
        String folder = e.source().replace('.', '/');
        for (String name : names) {
          if (name.substring(0, name.lastIndexOf('/')).equals(folder)) {
            signatures.add(type(name));
          }
        }
      }
    }
    return List.copyOf(signatures.lines);
  }

  private static Class<?> type(String file) {
    String name = file.substring(0, file.length() - ".class".length()).replace('/', '.');
    try {
      return Class.forName(name, false, ApiSignatures.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(name, e);
    }
  }

  private void add(Class<?> type) {
    if (!isVisible(type)) {
      return;
    }
    String name = type.getName();
    lines.add(name + ": " + declaration(type));
    Predicate<Member> open =
        m -> Modifier.isPublic(m.getModifiers()) || Modifier.isProtected(m.getModifiers());
    Stream.of(type.getDeclaredConstructors())
        .filter(c -> open.test(c) && !c.isSynthetic())
        .forEach(c -> lines.add(name + ": " + signature(c, "new")));
    Stream.of(type.getDeclaredFields())
        .filter(f -> open.test(f) && !f.isSynthetic())
        .forEach(f -> lines.add(name + ": " + signature(f)));
    methods(type)
        .filter(m -> open.test(m) && !m.isSynthetic() && !isEveryones(m))
        .forEach(m -> lines.add(name + ": " + signature(m)));
  }

  /** Inherited ones too: where in a hierarchy of ours a method stands is no user's business. */
  private static Stream<Method> methods(Class<?> type) {
    Stream<Method> inherited =
        Stream.of(type.getMethods())
            .filter(m -> m.getDeclaringClass().getName().startsWith("dev.quern."));
    return Stream.concat(Stream.of(type.getDeclaredMethods()), inherited);
  }

  /** Of Object; there whether a type says so or not. */
  private static boolean isEveryones(Method m) {
    String signature = m.getName() + Arrays.toString(m.getParameterTypes());
    return Set.of("equals[class java.lang.Object]", "hashCode[]", "toString[]").contains(signature);
  }

  private static boolean isVisible(Class<?> type) {
    for (Class<?> t = type; t != null; t = t.getEnclosingClass()) {
      if (!Modifier.isPublic(t.getModifiers()) && !Modifier.isProtected(t.getModifiers())) {
        return false;
      }
    }
    return !type.isAnonymousClass() && !type.isSynthetic();
  }

  private static String declaration(Class<?> type) {
    // newer JDKs write sealed and non-sealed, too; what it permits says as much
    String text = type.toGenericString().replaceFirst("\\b(non-)?sealed ", "");
    List<String> words = new ArrayList<>(List.of(text));
    if (type.getGenericSuperclass() != null) {
      words.add("extends " + type.getGenericSuperclass().getTypeName());
    }
    if (type.getInterfaces().length > 0) {
      words.add("implements " + names(type.getGenericInterfaces()));
    }
    if (type.isSealed()) {
      words.add("permits " + names(type.getPermittedSubclasses()));
    }
    return String.join(" ", words);
  }

  private static String signature(Field field) {
    return Modifier.toString(field.getModifiers())
        + " "
        + text(field.getAnnotatedType(), field.getGenericType())
        + " "
        + field.getName();
  }

  private static String signature(Method m) {
    String result = text(m.getAnnotatedReturnType(), m.getGenericReturnType());
    return (m.isDefault() ? "default " : "") + signature(m, result + " " + m.getName());
  }

  private static String signature(Executable e, String name) {
    int kept = e instanceof Method ? Modifier.methodModifiers() : Modifier.constructorModifiers();
    // how a method is carried out is none of its callers' business
    kept &= ~(Modifier.SYNCHRONIZED | Modifier.NATIVE | Modifier.STRICT);
    String variables =
        Stream.of(e.getTypeParameters())
            .map(v -> v + " extends " + names(v.getBounds()))
            .collect(Collectors.joining(", "));
    return Modifier.toString(e.getModifiers() & kept)
        + (variables.isEmpty() ? " " : " <" + variables + "> ")
        + name
        + Arrays.stream(e.getParameters())
            .map(ApiSignatures::text)
            .collect(Collectors.joining(", ", "(", e.isVarArgs() ? "...)" : ")"))
        + (e.getExceptionTypes().length == 0
            ? ""
            : " throws " + names(e.getGenericExceptionTypes()));
  }

  private static String text(Parameter p) {
    return text(p.getAnnotatedType(), p.getParameterizedType());
  }

  private static String text(AnnotatedType annotated, Type type) {
    return (annotated.isAnnotationPresent(Nullable.class) ? "@Nullable " : "") + type.getTypeName();
  }

  private static String names(Type[] types) {
    return Stream.of(types).map(Type::getTypeName).collect(Collectors.joining(", "));
  }
}
