using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace CostMonitor.Storage;

/// <summary>An account's name and key.</summary>
internal sealed class SharedKey(string account, byte[] key)
{
    public string Account { get; } = account;

    /// <summary>Base64 of HMAC-SHA-256 over the UTF-8 bytes of <paramref name="stringToSign"/>.</summary>
    public string Sign(string stringToSign)
    {
        var rented = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(stringToSign.Length));
        try
        {
            Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
            HMACSHA256.HashData(key, rented.AsSpan(0, Encoding.UTF8.GetBytes(stringToSign, rented)), hash);
            return Convert.ToBase64String(hash);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
