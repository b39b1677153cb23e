import java.io.File;
import java.util.Map;
import org.gradle.api.Project;
import org.gradle.api.artifacts.ArtifactCollection;
import org.gradle.api.artifacts.Configuration;
import org.gradle.testfixtures.ProjectBuilder;

/**
 * Gradle's own engine evaluates a build script and resolves what it depends on. A whole Gradle is on
 * no registry of packages; the jar of its classes is on Maven Central.
 */
public class Resolve {
  public static void main(String[] args) {
    Project project =
        ProjectBuilder.builder()
            .withProjectDir(new File(args[0]))
            .withGradleUserHomeDir(new File(args[1]))
            .build();
    project.apply(Map.of("from", "build.gradle"));
    System.out.println("gradle " + project.getGradle().getGradleVersion());
    for (File file : project.getConfigurations().getByName("runtimeClasspath").getFiles()) {
      System.out.println("runtime " + file);
    }
    Configuration everything = project.getConfigurations().getByName("everything");
    ArtifactCollection found =
        everything.getIncoming().artifactView(view -> view.setLenient(true)).getArtifacts();
    found.forEach(artifact -> System.out.println("everything " + artifact.getFile().getName()));
    // only -Pcross builds the kernels of all platforms
    found.getFailures().forEach(failure -> System.out.println("missing " + failure.getMessage()));
    System.exit(0);
  }
}
