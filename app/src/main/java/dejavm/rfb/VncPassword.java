package dejavm.rfb;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/**
 * A password that viewers have to know: they encrypt a challenge with it by DES. Only its first
 * eight bytes count, and their bits are taken in reverse.
 *
 * <p>Source: RFC 6143, section 7.2.2.
 */
public final class VncPassword {
  private static final int KEY = 8;
  private static final int CHALLENGE = 16;

  private final byte[] key = new byte[KEY];

  /** A password; what lies beyond eight bytes does not count. */
  public VncPassword(byte[] password) {
    byte[] bytes = Arrays.copyOf(password, KEY);
    for (int i = 0; i < KEY; i++) {
      key[i] = (byte) (Integer.reverse(bytes[i]) >>> 24);
    }
  }

  static byte[] challenge() {
    byte[] challenge = new byte[CHALLENGE];
    new SecureRandom().nextBytes(challenge);
    return challenge;
  }

  /** Whether somebody who knows the password gave this answer. */
  boolean matches(byte[] challenge, byte[] answer) {
    return MessageDigest.isEqual(encrypted(challenge), answer);
  }

  byte[] encrypted(byte[] challenge) {
    try {
      Cipher des = Cipher.getInstance("DES/ECB/NoPadding");
      des.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "DES"));
      return des.doFinal(challenge);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no DES", e);
    }
  }
}
