using System.Net;
using System.Net.Mail;
using System.Net.Sockets;
using System.Text;
using CostMonitor.Core.Alerts;

namespace CostMonitor.Functions.AlertQueue.Sinks;

/// <summary>Mail through a server that speaks SMTP, with STARTTLS unless that is off.</summary>
/// <remarks>
/// The runtime's own client: a plain text over STARTTLS is all that is asked for here, which does not earn a package. It speaks no TLS from the first byte
/// (port 465) and no OAuth. It makes its connection itself, so that the address is checked before and not at the connection.
/// </remarks>
internal sealed class SmtpSink(SmtpSettings settings, string name, AlertSeverity leastSeverity, bool allowPrivate) : IAlertSink
{
    public string Name => name;

    public AlertSeverity LeastSeverity => leastSeverity;

    public async Task<SinkAnswer> SendAsync(SinkNotice notice, CancellationToken cancellationToken)
    {
        try
        {
            if (!allowPrivate) await SinkHttp.PublicAddressesAsync(settings.Host, cancellationToken);
            using var mail = Mail(notice);
            using var client = new SmtpClient(settings.Host, settings.Port) { EnableSsl = settings.Tls };
            if (settings.User is { } user) client.Credentials = new NetworkCredential(user, settings.Password);
            // A server that accepts and says nothing is given up by the caller's time limit.
            await client.SendMailAsync(mail, cancellationToken).WaitAsync(cancellationToken);
            return SinkAnswer.Delivered;
        }
        catch (RefusedAddressException e)
        {
            return new SinkAnswer(e.Message);
        }
        catch (Exception e) when (e is SmtpException or SocketException or IOException or System.Security.Authentication.AuthenticationException)
        {
            var status = e is SmtpException smtp ? Core.Input.EnumNames.Of(smtp.StatusCode) : e.GetType().Name;
            return new SinkAnswer($"{settings.Host} did not take the mail: {status}.");
        }
    }

    private MailMessage Mail(SinkNotice notice)
    {
        var mail = new MailMessage
        {
            From = new MailAddress(settings.From),
            Subject = MailText.Subject(notice),
            SubjectEncoding = Encoding.UTF8,
            Body = MailText.Body(notice),
            BodyEncoding = Encoding.UTF8,
            IsBodyHtml = false,
        };
        foreach (var address in settings.To) mail.To.Add(address);
        mail.Headers["Message-ID"] = MailText.MessageId(notice);
        mail.Headers[MailText.IdHeader] = notice.Id;
        return mail;
    }
}
